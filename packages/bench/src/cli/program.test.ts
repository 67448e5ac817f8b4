import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { commandThatRepeats } from './command-that-repeats.js';
import { main } from './program.js';

let output = '';
const capture = (text: string | Uint8Array): boolean => {
	output += String(text);
	return true;
};

beforeEach(() => {
	output = '';
	vi.spyOn(process.stdout, 'write').mockImplementation(capture);
	vi.spyOn(process.stderr, 'write').mockImplementation(capture);
});

afterEach(() => {
	vi.restoreAllMocks();
});

const run = (...words: string[]): Promise<number> => main(['node', 'flux-bench', ...words]);

it.each([['list'], ['--list'], ['headline', '--list']])('lists scenarios and subjects: %s %s', async (...words) => {
	expect(await run(...words.filter((word) => word !== undefined))).toBe(0);
	expect(output).toMatch(/^build-destroy +500,000 +Build and destroy$/m);
	expect(output).toMatch(/^scaling +1,000 to 10,000,000 /m);
	expect(output).toMatch(/^cpp-malloc +C\+\+ std::list, malloc /m);
});

it('helps', async () => {
	expect(await run('--help')).toBe(0);
	for (const command of ['headline', 'run', 'list', 'micro', 'report']) expect(output).toContain(command);
});

it.each([
	['run', '--rounds', '0', 'whole number from 1'],
	['run', '--rounds', 'many', 'whole number from 1'],
	['run', '--filter', '(', 'regular expression'],
	['run', '--protocol', 'relaxed', 'sustained or isolated'],
	['run', '--fast', 'unknown option'],
])('refuses %s %s %s', async (...words) => {
	const complaint = words.pop() ?? '';
	expect(await run(...words)).toBe(1);
	expect(output).toContain(complaint);
});

it('refuses what it does not know', async () => {
	await expect(run('run', 'nothing')).rejects.toThrow('there is no scenario "nothing"');
	await expect(run('run', '--filter', '^nothing$')).rejects.toThrow('nothing to measure');
	await expect(run('run', 'walk', '--node', 'no/such/node')).rejects.toThrow('neither a version');
});

it.each([
	['headline --quick', 'flux-bench headline --quick'],
	['run walk --json some/file.json --rounds 3', 'flux-bench run walk --rounds 3'],
	['run --json=file --report', 'flux-bench run'],
	['run --report --quick', 'flux-bench run --quick'],
	['run --node /opt/node/bin/node', 'flux-bench run --node path/to/node'],
	['run --filter walk|sort', "flux-bench run --filter 'walk|sort'"],
])('names what repeats "%s" without the places of its output', (typed, repeated) => {
	expect(commandThatRepeats(['node', 'flux-bench', ...typed.split(' ')])).toBe(repeated);
});

it('says with how little priming was measured', () => {
	vi.stubEnv('FLUX_BENCH_PRIMER_MS', '0');
	expect(commandThatRepeats(['node', 'flux-bench', 'run', 'walk'])).toBe('FLUX_BENCH_PRIMER_MS=0 flux-bench run walk');
	vi.unstubAllEnvs();
});
