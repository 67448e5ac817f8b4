import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Node that runs JavaScript subjects. */
export interface NodeBinary {
	readonly path: string;
	readonly version: string;
	readonly v8: string;
}

/**
 * Finds the Node of a `--node` option: `current`, a path, or a version such as `24`, which the npm
 * package `node` provides through npx (fetched once, then from npm's cache).
 */
export async function findNode(wish: string): Promise<NodeBinary> {
	if (wish === 'current') {
		return { path: process.execPath, version: process.versions.node, v8: process.versions.v8 };
	}
	if (/^\d+(\.\d+){0,2}$/.test(wish)) return describeNode(await fetchNode(wish));
	if (existsSync(wish)) return describeNode(wish);
	throw new Error(`--node ${wish}: neither a version such as 24 nor the path of a Node`);
}

async function fetchNode(version: string): Promise<string> {
	try {
		const { stdout } = await run(
			'npx',
			['--yes', '--package', `node@${version}`, 'node', '--print', 'process.execPath'],
			{ shell: process.platform === 'win32' },
		);
		return stdout.trim();
	} catch (error) {
		const reason = error instanceof Error ? error.message.split('\n').slice(-2).join(' ').trim() : String(error);
		throw new Error(`--node ${version}: npx could not provide it (is there a network?): ${reason}`);
	}
}

async function describeNode(path: string): Promise<NodeBinary> {
	const program = 'console.log(JSON.stringify([process.execPath, process.versions.node, process.versions.v8]))';
	const { stdout } = await run(path, ['--eval', program]);
	const answer: unknown = JSON.parse(stdout);
	if (!Array.isArray(answer) || answer.length !== 3) throw new Error(`--node ${path}: this is not Node`);
	const [execPath, version, v8] = answer.map(String);
	return { path: execPath, version, v8 };
}
