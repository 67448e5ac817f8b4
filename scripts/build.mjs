// npm run build: ESM, CommonJS and types of every package, whether their sources changed or not.
import { build } from './lib/build.mjs';
import { install } from './lib/install.mjs';
import { script } from './lib/steps.mjs';

await script(async () => {
	await install();
	await build({ force: true });
});
