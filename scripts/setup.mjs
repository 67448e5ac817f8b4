// npm run setup: installs the dependencies, and nothing else.
import { install } from './lib/install.mjs';
import { say, script } from './lib/steps.mjs';

await script(async () => {
	await install();
	say('The dependencies are installed.');
});
