// npm test: every test there is. npm run test:soak: the same, with the counts of a soak run.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './lib/build.mjs';
import { install } from './lib/install.mjs';
import { checkLinks } from './lib/links.mjs';
import { countPages } from './lib/page.mjs';
import { countPortable, nodeRuns } from './lib/portable.mjs';
import { buildSite } from './lib/site.mjs';
import { countSitePages } from './lib/site-pages.mjs';
import { write } from './lib/stamps.mjs';
import { Failure, root, run, say, script, sideBySide, step, tool } from './lib/steps.mjs';

/** @typedef {import('./lib/portable.mjs').Counts} Counts */

/** Where .ci/run finds the counts. */
const COUNTS = '.cache/test-counts';
const REPORT = '.cache/vitest.json';

const soak = process.argv.includes('--soak');
// For all that runs from here, in this process or below it.
if (soak) process.env.FLUX_SOAK = '1';

/** @returns {Promise<Counts>} */
async function runVitest() {
	rmSync(join(root, REPORT), { force: true });
	const args = [
		tool('vitest/vitest.mjs'),
		'run',
		'--reporter=default',
		'--reporter=json',
		`--outputFile.json=${REPORT}`,
	];
	const { code } = await run(process.execPath, args, { show: true });
	/** @type {{ numPassedTests: number, numFailedTests: number }} */
	let report;
	try {
		report = JSON.parse(readFileSync(join(root, REPORT), 'utf8'));
	} catch {
		throw new Failure('Vitest ended without a report.');
	}
	const counts = { passed: report.numPassedTests, failed: report.numFailedTests };
	// A file that could not be loaded, or an error outside of any test, fails no test that could be counted.
	return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

await script(async () => {
	rmSync(join(root, COUNTS), { force: true });
	await install();
	await build();

	const total = { passed: 0, failed: 0 };
	/** @param {Counts} counts */
	const add = ({ passed, failed }) => {
		total.passed += passed;
		total.failed += failed;
	};
	await step(soak ? 'running the tests, with the counts of a soak run' : 'running the tests', async () => {
		add(await runVitest());
	});
	// TypeDoc keeps one processor busy, and a page another.
	await sideBySide([
		() => buildSite(),
		async () => {
			for (const [title, args] of nodeRuns()) {
				await step(`running the portable tests over the built packages: ${title}`, async () => {
					add(await countPortable(process.execPath, args));
				});
			}
			await step('running the portable tests in Chromium, with and without a Content-Security-Policy', async () => {
				add(await countPages());
			});
		},
	]);
	await step('following every link of the site', async () => {
		const { broken } = checkLinks();
		for (const link of broken) say(`  not ok ${link}`);
		add(broken.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: broken.length });
	});
	await step('opening the pages of the site in Chromium, and working the playground by mouse and by key', async () => {
		add(await countSitePages());
	});

	const line = `${total.passed} passed, ${total.failed} failed`;
	write(COUNTS, line);
	say(line);
	if (total.failed > 0 || total.passed === 0) throw new Failure('The tests failed.');
});
