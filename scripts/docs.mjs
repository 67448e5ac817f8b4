// npm run docs:build: the site of guides, API and playground, unless it is there already; `-- --force` builds it anyway.
// npm run docs: the same, served on this machine.
import { install } from './lib/install.mjs';
import { checkLinks } from './lib/links.mjs';
import { buildSite, isolation, siteServer } from './lib/site.mjs';
import { Failure, say, script, step } from './lib/steps.mjs';

const PORT = Number(process.env.PORT ?? 4173);

function serve() {
	const server = siteServer(isolation);
	server.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
		// Whoever builds two checkouts side by side gets the next free port.
		if (error.code === 'EADDRINUSE') server.listen(0, '127.0.0.1');
		else throw error;
	});
	server.on('listening', () => {
		const address = server.address();
		const port = typeof address === 'object' && address !== null ? address.port : PORT;
		say(`The documentation is at http://localhost:${port}/ (Ctrl+C ends it).`);
	});
	server.listen(PORT, '127.0.0.1');
}

await script(async () => {
	await install();
	await buildSite({ force: process.argv.includes('--force') });
	await step('following every link of the site', async () => {
		const { links, broken } = checkLinks();
		if (broken.length > 0) throw new Failure(`Broken links:\n${broken.join('\n')}`);
		say(`  ${links} links lead somewhere`);
	});
	if (process.argv.includes('--serve')) serve();
	else say('The documentation is in docs/site.');
});
