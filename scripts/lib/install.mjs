// Installs the dependencies that pnpm-lock.yaml names, with the pnpm that package.json names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digest, read, write } from './stamps.mjs';
import { Failure, root, run, say, step } from './steps.mjs';

/** Inside node_modules, so that removing node_modules removes it too. */
const STAMP = 'node_modules/.flux-installed';

/** What npm, pnpm and Node write when a registry cannot be reached. */
const UNREACHABLE =
	/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED|ERR_SOCKET_TIMEOUT|ERR_PNPM_META_FETCH_FAIL|ERR_PNPM_NO_OFFLINE|error sending request|failed to lookup address|dns error/i;

/** Whether the output of a package manager says that there is no network. @param {string} output */
const saysNoNetwork = (output) => UNREACHABLE.test(output);

/** A registry that does not answer is asked twice more, after seconds: the default is to wait for minutes. */
const patience = { fetch_retries: '2', fetch_retry_mintimeout: '1000', fetch_retry_maxtimeout: '5000' };

/** For npm and for pnpm, whatever the user's own settings: errors are to be read here, the rest is noise. */
const settings = Object.fromEntries([
	...Object.entries(patience).flatMap(([key, value]) => [
		[`npm_config_${key}`, value],
		[`pnpm_config_${key}`, value],
	]),
	...['update_notifier', 'fund', 'audit'].map((key) => [`npm_config_${key}`, 'false']),
	['npm_config_loglevel', 'error'],
	['npm_config_prefer_offline', 'true'],
]);

/**
 * Runs a program of a registry's package without installing the package.
 *
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npx(args, options) {
	// On Windows npx is a batch file, which only a shell can start.
	const shell = process.platform === 'win32';
	return run('npx', ['--yes', ...args], { ...options, shell, env: { ...settings, ...options?.env } });
}

/** Installs what the lockfile says, unless that is what is there. */
export async function install() {
	const manifests = ['package.json', 'pnpm-workspace.yaml', 'pnpm-lock.yaml'];
	const packages = ['core', 'containers', 'bench'].map((name) => `packages/${name}/package.json`);
	const wanted = digest([...manifests, ...packages], [process.versions.modules, process.platform, process.arch]);
	if (read(STAMP) === wanted) return;

	const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
	await step(`installing dependencies with ${packageManager} (the first time this takes a minute)`, async () => {
		// CI: pnpm asks no question, and replaces a node_modules that another package manager or Node left.
		const args = [packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'];
		const { code, output } = await npx(args, { env: { CI: 'true' } });
		if (code === 0) return;
		if (saysNoNetwork(output)) {
			throw new Failure(
				'The dependencies are not installed yet, and the npm registry cannot be reached. ' +
					'Connect to the network once and run this again; later runs need none.',
			);
		}
		say(output.trimEnd());
		throw new Failure('The dependencies could not be installed; what pnpm said is above.');
	});
	write(STAMP, wanted);
}
