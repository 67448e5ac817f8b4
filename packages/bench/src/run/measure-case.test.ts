import { expect, it } from 'vitest';
import type { Case } from '../scenarios/scenario.js';
import { subjectInfo } from '../subjects/catalog.js';
import type { Contender } from './contender.js';
import { CheckMismatchError, measureCase } from './measure-case.js';

const measured: Case = { scenario: 'build-destroy', protocol: 'sustained', size: 10, operations: 0, iterations: 2 };
const repetition = { warmups: 1, rounds: 3 };

/** A subject in a few lines: `onRun` is the body of a function of the round's number, and gives the answer. */
function contender(id: string, onRun: string): Contender {
	const program = `
		console.log(JSON.stringify({ ready: true, runtime: 'test' }));
		const answer = (round) => { ${onRun} };
		let round = 0;
		require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
			if (line === 'quit') process.exit();
			console.log(JSON.stringify(answer(round++)));
		});`;
	return { info: subjectInfo(id), launch: { file: process.execPath, arguments: ['--eval', program] } };
}

const answering = (ns: string, check = "'same'"): string =>
	`return { ns: ${ns}, iterations: 2, check: ${check}, phases: { build: ${ns} }, rss: 1 };`;

it('keeps every round, and takes ratios round by round', async () => {
	const slow = contender('cpp-malloc', answering('[900, 100, 400, 100][round]'));
	const fast = contender('flux', answering('[600, 20, 40, 50][round]'));
	const result = await measureCase(measured, [slow, fast], [], repetition);
	expect(result.rows.map(({ subject }) => subject)).toEqual(['flux', 'cpp-malloc']);
	expect(result.rows[0]).toMatchObject({
		times: [10, 20, 25],
		warmups: [300],
		summary: { median: 20 },
		// 100/20, 400/40 and 100/50: the median of the ratios, not the ratio of the medians.
		versus: { malloc: 5 },
		check: 'same',
	});
	expect(result.rows[0].versus.slab).toBeUndefined();
	expect(result).toMatchObject({ warmups: 1, rounds: 3, absent: [] });
});

it('takes the median of the longest batches of the rounds: one round that was disturbed does not count', async () => {
	const batches = contender(
		'flux',
		"return { ns: 1, iterations: 1, check: 'same', phases: {}, rss: 1, longestBatch: [999, 30, 5000, 20][round] };",
	);
	const result = await measureCase(measured, [batches], [], repetition);
	expect(result.rows[0].longestBatch).toBe(30);
});

it('rotates the order from round to round', async () => {
	const ids = ['flux', 'plain', 'array'];
	const order: string[] = [];
	await measureCase(
		measured,
		ids.map((id) => contender(id, answering('1'))),
		[],
		{ warmups: 0, rounds: 3 },
		(_done, _all, title) => {
			order.push(title);
		},
	);
	const [flux, plain, array] = ids.map((id) => subjectInfo(id).title);
	expect(order).toEqual([flux, plain, array, plain, array, flux, array, flux, plain]);
});

it('fails when subjects disagree, and names them', async () => {
	const one = contender('flux', answering('1', "'right'"));
	const other = contender('plain', answering('1', "round === 2 ? 'wrong' : 'right'"));
	const run = measureCase(measured, [one, other], [], repetition);
	await expect(run).rejects.toThrow(CheckMismatchError);
	await expect(run).rejects.toThrow(
		'build-destroy, round 3: the subjects computed different results: right by flux (test); wrong by plain (test)',
	);
});

it('goes on without a subject that fails, dies or cannot start', async () => {
	const result = await measureCase(
		measured,
		[
			contender('flux', answering('1')),
			contender('plain', "return { error: 'out of memory' };"),
			contender(
				'array',
				"if (round === 2) { console.error('no more'); process.exit(3); } return { ns: 1, iterations: 2, check: 'same', phases: {}, rss: 1 };",
			),
			{ info: subjectInfo('yallist'), launch: { file: process.execPath, arguments: ['--eval', 'process.exit(1)'] } },
			{ info: subjectInfo('cpp-malloc'), launch: { file: 'there-is-no-such-program', arguments: [] } },
		],
		[{ subject: 'tstl', title: 'tstl List', reason: 'not today' }],
		repetition,
	);
	expect(result.rows.map(({ subject }) => subject)).toEqual(['flux']);
	expect(result.absent.map(({ subject }) => subject)).toEqual(['tstl', 'plain', 'array', 'yallist', 'cpp-malloc']);
	expect(result.absent[1].reason).toBe('failed: out of memory');
	expect(result.absent[2].reason).toContain('no more');
});

it('measures a case that counts once in one round, without warm-up', async () => {
	const once = { ...measured, once: true };
	const { rows, rounds, warmups } = await measureCase(once, [contender('flux', answering('4'))], [], repetition);
	expect({ rounds, warmups, times: rows[0].times }).toEqual({ rounds: 1, warmups: 0, times: [2] });
});
