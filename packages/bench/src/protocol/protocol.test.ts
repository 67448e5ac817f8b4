import { describe, expect, it } from 'vitest';
import { parseReady, parseRound, SubjectError } from './answer.js';
import { formatRound, parseCommand, type RoundCommand } from './command.js';

const round: RoundCommand = {
	scenario: 'fifo',
	protocol: 'sustained',
	size: 10,
	operations: 20,
	iterations: 3,
	seed: 4,
};
const answer = { ns: 12, iterations: 3, check: '1/10', phases: { fifo: 12 }, rss: 100 };

describe('command', () => {
	it('is one line of words that C++ reads as well', () => {
		expect(formatRound(round)).toBe('run fifo size=10 operations=20 iterations=3 seed=4 settle=0');
	});

	it.each([round, { ...round, protocol: 'isolated' as const }])(
		'comes back as it was written: $protocol',
		(written) => {
			expect(parseCommand(formatRound(written))).toEqual({ verb: 'run', round: written });
		},
	);

	it('ends', () => {
		expect(parseCommand('quit\n')).toEqual({ verb: 'quit' });
	});

	it.each([
		['go', 'unknown command'],
		['run nothing size=1', 'unknown scenario'],
		['run fifo size=ten', 'expected key=number'],
		['run fifo size=-1', 'expected key=number'],
		['run fifo size=10 settle=0', '"operations" is missing'],
	])('refuses "%s"', (line, message) => {
		expect(() => parseCommand(line)).toThrow(message);
	});
});

describe('answer', () => {
	it('tells what runs the subject', () => {
		expect(parseReady('{"ready":true,"runtime":"g++ 12.2.0"}')).toEqual({ runtime: 'g++ 12.2.0' });
	});

	it('is read with and without what only some subjects tell', () => {
		expect(parseRound(JSON.stringify(answer))).toEqual(answer);
		const more = { ...answer, gc: { count: 1, ns: 2, longest: 2, outside: 3 }, longestBatch: 5, tailBatch: 4, live: 6 };
		const { live, ...rest } = more;
		expect(parseRound(JSON.stringify({ ...rest, resident: 7 }))).toEqual({ ...rest, resident: 7 });
		expect(live).toBe(6);
		expect(parseRound(JSON.stringify(more))).toEqual(more);
	});

	it.each([
		['not JSON', 'not an answer'],
		['[]', 'not an answer'],
		['{"error":"out of memory"}', 'out of memory'],
		['{"unsupported":"no such operation"}', 'no such operation'],
		[JSON.stringify({ ...answer, ns: 'fast' }), 'no number "ns"'],
		[JSON.stringify({ ...answer, check: 1 }), 'no text "check"'],
		[JSON.stringify({ ...answer, phases: { fifo: null } }), 'no number "fifo"'],
		[JSON.stringify({ ...answer, phases: undefined }), 'no phases'],
	])('refuses %s', (line, message) => {
		expect(() => parseRound(line)).toThrow(SubjectError);
		expect(() => parseRound(line)).toThrow(message);
	});
});
