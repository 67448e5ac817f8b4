import { expect, it } from 'vitest';
import { sampleCase, sampleResults } from './sample-results.testing.js';
import { caseLines, emphasisFor, preamble } from './terminal.js';
import { formatTable } from './text-table.js';

const plain = emphasisFor({ isTTY: false });

it('aligns columns, numbers to the right', () => {
	const columns = [
		{ title: 'subject', align: 'left' },
		{ title: 'ms', align: 'right' },
	] as const;
	expect(
		formatTable({
			columns,
			rows: [
				['a', '10.5'],
				['bcdefghij', '2'],
			],
		}),
	).toEqual(['subject      ms', '---------  ----', 'a          10.5', 'bcdefghij     2']);
});

it('prints a case with its protocol, its rows and who is absent', () => {
	const text = caseLines(sampleCase(), plain, Number.POSITIVE_INFINITY).join('\n');
	expect(text).toContain('Build and destroy, 500,000 records, sustained');
	expect(text).toContain('sustained; 3 rounds after 1 warm-up round; 5 iterations per round');
	expect(text).toMatch(/^FluxList +Node 20\.20\.2 +4\.00 /m);
	expect(text).toContain('— tstl List: it is <slow> & "old"');
});

it('leaves out details on a narrow terminal, and never the ratios', () => {
	const [titles] = caseLines(sampleCase(), plain, 70).slice(5);
	expect(titles).toContain('vs malloc');
	expect(titles).not.toContain('gcs');
	expect(titles.length).toBeLessThanOrEqual(70);
});

it('colours only terminals', () => {
	expect(plain('bold', 'text')).toBe('text');
});

it('begins with the protocol and the machine', () => {
	const text = preamble(sampleResults(), plain).join('\n');
	expect(text).toContain('sustained: ');
	expect(text).toContain('isolated: ');
	expect(text).toContain('Some <CPU>, 2 cores, 24.0 GB of memory, Linux');
	expect(text).toContain('Node 20.20.2 (V8 11.3)');
	expect(text).toContain('C++: g++ 12.2.0, -O3');
	expect(text).toContain('load of the last minute: 0.50 at the start, 0.75 at the end');
});
