import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

/**
 * A peer that is no dependency, because it is measured seldom and weighs much: npm installs it, once and in this version, into
 * a folder of its own in the user's cache, without running its scripts.
 */
export class FetchedPackage {
	readonly name: string;
	readonly version: string;

	constructor(name: string, version: string) {
		this.name = name;
		this.version = version;
	}

	/** The folder that it is installed into. */
	get folder(): string {
		const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
		return join(cache, 'flux-bench', `${this.name}@${this.version}`);
	}

	/** Imports a file of it, or its main file; installs it first where it is not there. */
	async import(file?: string): Promise<unknown> {
		if (!this.#isThere()) await this.#install();
		const path = file === undefined ? this.#resolve(this.name) : join(this.folder, 'node_modules', this.name, file);
		return import(pathToFileURL(path).href);
	}

	#isThere(): boolean {
		try {
			const manifest = createRequire(import.meta.url)(join(this.folder, 'node_modules', this.name, 'package.json')) as {
				version: string;
			};
			return manifest.version === this.version;
		} catch {
			return false;
		}
	}

	#resolve(name: string): string {
		return createRequire(join(this.folder, 'package.json')).resolve(name);
	}

	async #install(): Promise<void> {
		await mkdir(this.folder, { recursive: true });
		const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
		const args = ['install', ...flags, '--prefix', this.folder, `${this.name}@${this.version}`];
		// On Windows npm is a batch file, which only a shell can start.
		await promisify(execFile)('npm', args, { shell: process.platform === 'win32' });
	}
}
