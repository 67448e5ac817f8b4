import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AllocatorLibrary } from '../subjects/catalog.js';

/** How a program is started on another allocator, or why it cannot be. */
export type Preload = { readonly environment: Readonly<Record<string, string>> } | { readonly reason: string };

/** What the loader needs to be told (ld.so(8), LD_PRELOAD), where the library is installed. Linux alone. */
export function preloadOf({ name, debian }: AllocatorLibrary): Preload {
	if (process.platform !== 'linux')
		return { reason: 'another allocator is put under a program by LD_PRELOAD, on Linux alone' };
	const path = loaderCache().get(name);
	return path === undefined
		? { reason: `${name} is not installed (Debian's package ${debian})` }
		: { environment: { LD_PRELOAD: path } };
}

let cache: ReadonlyMap<string, string> | undefined;

/** The libraries that ldconfig(8) knows, the best match of each name first. */
function loaderCache(): ReadonlyMap<string, string> {
	if (cache !== undefined) return cache;
	const paths = new Map<string, string>();
	for (const program of ['/sbin/ldconfig', '/usr/sbin/ldconfig', 'ldconfig']) {
		try {
			const text = execFileSync(program, ['-p'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
			for (const line of text.split('\n')) {
				const [, name, path] = /^\s*(\S+) \(.*\) => (\/.*)$/.exec(line) ?? [];
				if (name !== undefined && !paths.has(name) && existsSync(path)) paths.set(name, path);
			}
			break;
		} catch {
			// Not there, or not on the path.
		}
	}
	cache = paths;
	return paths;
}
