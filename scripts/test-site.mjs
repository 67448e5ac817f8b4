// npm run test:site: the tests of the built site in Chromium alone.
import { install } from './lib/install.mjs';
import { buildSite } from './lib/site.mjs';
import { countSitePages } from './lib/site-pages.mjs';
import { Failure, say, script } from './lib/steps.mjs';

await script(async () => {
	await install();
	await buildSite();
	const { passed, failed } = await countSitePages();
	say(`${passed} passed, ${failed} failed`);
	if (failed > 0) throw new Failure('The tests of the site failed.');
});
