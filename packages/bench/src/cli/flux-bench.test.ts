/** The whole program from outside: built, with processes of its own, C++ among them where there is a compiler. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseResults, type Results } from '../report/results.js';
import { SCENARIO_NAMES } from '../scenarios/scenario.js';

const program = fileURLToPath(new URL('../../bin/flux-bench.mjs', import.meta.url));
const built = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const execute = promisify(execFile);
let folder = '';

beforeAll(async () => {
	// What is asked here is what comes out, not how fast: half a second for each subject is for a soak.
	if (process.env.FLUX_SOAK !== '1') process.env.FLUX_BENCH_PRIMER_MS = '0';
	if (!existsSync(built)) throw new Error('packages/bench is not built: run `npm run build` first');
	folder = await mkdtemp(join(tmpdir(), 'flux-bench-'));
});

afterAll(async () => {
	await rm(folder, { recursive: true, force: true });
});

async function bench(...words: string[]): Promise<{ output: string; results: Results; page: string }> {
	const json = join(folder, 'results.json');
	const report = join(folder, 'page.html');
	const { stdout } = await execute(process.execPath, [program, ...words, '--json', json, '--report', report]);
	return { output: stdout, results: parseResults(await readFile(json, 'utf8')), page: await readFile(report, 'utf8') };
}

describe('flux-bench', () => {
	it('measures threads', async () => {
		const words = ['threads', '--records', '2000', '--pairs', '5000', '--rounds', '2'];
		const { stdout } = await execute(process.execPath, [program, ...words]);
		expect(stdout).toMatch(/^FluxList of 2,000 records, to a worker and back .* [\d.,]+x$/m);
		expect(stdout).toMatch(/^the same by two workers at once .* each .*x$/m);
	});

	it('measures the headline', async () => {
		const { output, results, page } = await bench('headline', '--size', '500', '--rounds', '2', '--warmups', '1');
		expect(output).toContain('Protocol');
		expect(output).toMatch(/^FluxList built and destroyed 500 records .*sustained, warmed up, Node /m);
		expect(output).toContain('report:  file://');
		const priming = process.env.FLUX_SOAK === '1' ? '' : 'FLUX_BENCH_PRIMER_MS=0 ';
		expect(results.command).toBe(`${priming}flux-bench headline --size 500 --rounds 2 --warmups 1`);
		expect(results.cases.map(({ scenario, protocol }) => `${scenario} ${protocol}`)).toEqual([
			'build-destroy sustained',
			'walk sustained',
			'fifo sustained',
			'book-mix sustained',
		]);
		expect(page).toContain('id="chart-build-destroy-sustained-500"');
		for (const { rows, absent } of results.cases) {
			expect(absent.filter(({ reason }) => reason.startsWith('failed'))).toEqual([]);
			expect(new Set(rows.map(({ check }) => check)).size).toBe(1);
			for (const { times, warmups } of rows) expect([times.length, warmups.length]).toEqual([2, 1]);
		}
		const [{ rows }] = results.cases;
		const subjects = rows.map(({ subject }) => subject);
		expect(subjects).toEqual(expect.arrayContaining(['flux', 'flux-ten', 'flux-object', 'yallist', 'plain', 'array']));
		if (results.native.status === 'ready') {
			expect(subjects).toEqual(expect.arrayContaining(['cpp-malloc', 'cpp-slab', 'cpp-intrusive', 'cpp-pmr']));
			for (const { versus } of rows) expect(Object.keys(versus)).toEqual(['malloc', 'slab']);
		}
	});

	it('agrees with C++ on the result of every scenario', async () => {
		const { results } = await bench(
			'run',
			'--filter',
			'/(flux|plain|book-flux|book-flux-feed|book-flux-itch)$',
			'--size',
			'400',
			'--rounds',
			'2',
			'--warmups',
			'0',
		);
		expect(new Set(results.cases.map(({ scenario }) => scenario))).toEqual(new Set(SCENARIO_NAMES));
		for (const { rows, scenario } of results.cases) {
			expect(rows.length, scenario).toBeGreaterThan(0);
			expect(new Set(rows.map(({ check }) => check)).size, scenario).toBe(1);
		}
	});

	it('passes records between threads, and every subject ends with the same sum', async () => {
		const words = ['--filter', '^passing', '--size', '512', '--rounds', '1', '--warmups', '0'];
		const { results } = await bench('run', ...words);
		const passing = SCENARIO_NAMES.filter((name) => name.startsWith('passing-'));
		expect(results.cases.map(({ scenario }) => scenario)).toEqual(passing);
		for (const { rows, scenario, absent } of results.cases) {
			expect(absent.filter(({ reason }) => reason.startsWith('failed'))).toEqual([]);
			expect(rows.map(({ subject }) => subject)).toContain('passing-flux');
			expect(new Set(rows.map(({ check }) => check)).size, scenario).toBe(1);
			// Nothing was torn, and nothing came that was not expected.
			expect(rows[0].check).toMatch(/ 0$/);
		}
	});

	it('makes the page of a results file again', async () => {
		const { page } = await bench(
			'run',
			'walk',
			'--filter',
			'/flux$',
			'--size',
			'100',
			'--rounds',
			'1',
			'--warmups',
			'0',
		);
		const again = join(folder, 'again.html');
		await execute(process.execPath, [program, 'report', join(folder, 'results.json'), again]);
		expect(await readFile(again, 'utf8')).toBe(page);
	});

	it('prints JSON alone where it is asked for', async () => {
		const words = ['run', 'walk', '--filter', '/plain$', '--size', '100', '--rounds', '1', '--no-report', '--json'];
		const { stdout } = await execute(process.execPath, [program, ...words], { cwd: folder });
		expect(parseResults(stdout).cases).toHaveLength(1);
	});

	it('times single operations', async () => {
		const { stdout } = await execute(process.execPath, [program, 'micro', '--time', '2']);
		expect(stdout).toMatch(/^emplaceBack \+ erase +[\d.]+ [nu]s/m);
	});
});
