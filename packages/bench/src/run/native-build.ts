import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The optimiser's best without tying the program to this processor. */
const FLAGS = ['-std=c++20', '-O3', '-DNDEBUG', '-pthread'];
const PROGRAM = process.platform === 'win32' ? 'list-bench.exe' : 'list-bench';

/** The C++ subjects, or why there are none. */
export type NativeBuild =
	| { readonly status: 'ready'; readonly program: string; readonly compiler: string; readonly flags: string }
	| { readonly status: 'absent'; readonly reason: string };

/**
 * Compiles `benchmarks/native` with whatever C++ compiler is there ($CXX, c++, g++, clang++), once per
 * content of the sources. Never throws: a machine without a compiler runs everything else.
 */
export async function buildNative(onCompile: () => void = () => {}): Promise<NativeBuild> {
	const sources = findSources();
	if (sources === undefined) return { status: 'absent', reason: 'the sources in benchmarks/native are not there' };
	const compiler = await findCompiler();
	if (compiler === undefined) return { status: 'absent', reason: 'no C++ compiler found ($CXX, c++, g++, clang++)' };
	const flags = FLAGS.join(' ');
	const folder = join(sources, 'build', await fingerprint(sources, `${compiler.version} ${flags}`));
	const program = join(folder, PROGRAM);
	if (!existsSync(program)) {
		onCompile();
		try {
			await compile(compiler.command, join(sources, 'list-bench.cpp'), folder, program);
		} catch (error) {
			return { status: 'absent', reason: `${compiler.command} could not compile it: ${firstError(error)}` };
		}
	}
	return { status: 'ready', program, compiler: compiler.version, flags };
}

/** `benchmarks/native` of the repository that this file belongs to. */
function findSources(): string | undefined {
	for (let folder = dirname(fileURLToPath(import.meta.url)); dirname(folder) !== folder; folder = dirname(folder)) {
		const candidate = join(folder, 'benchmarks', 'native');
		if (existsSync(join(candidate, 'list-bench.cpp'))) return candidate;
	}
	return undefined;
}

async function findCompiler(): Promise<{ command: string; version: string } | undefined> {
	const wish = process.env.CXX;
	for (const command of wish === undefined || wish === '' ? ['c++', 'g++', 'clang++'] : [wish]) {
		try {
			const { stdout } = await run(command, ['--version']);
			return { command, version: stdout.split('\n')[0].trim() };
		} catch {
			// Not this one.
		}
	}
	return undefined;
}

async function fingerprint(sources: string, circumstances: string): Promise<string> {
	const hash = createHash('sha256').update(circumstances);
	const names = (await readdir(sources)).filter((name) => /\.(cpp|hpp)$/.test(name)).sort();
	for (const name of names) hash.update(name).update(await readFile(join(sources, name)));
	return hash.digest('hex').slice(0, 16);
}

/** Under a name of its own first, so that two runs at once do not start each other's half-written program. */
async function compile(compiler: string, source: string, folder: string, program: string): Promise<void> {
	await mkdir(folder, { recursive: true });
	const draft = `${program}.${process.pid}`;
	await run(compiler, [...FLAGS, '-o', draft, source]);
	await rename(draft, program);
}

function firstError(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	return (text.split('\n').find((line) => line.includes('error')) ?? text.split('\n')[0]).trim();
}
