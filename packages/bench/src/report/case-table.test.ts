import { expect, it } from 'vitest';
import { ABSENT, caseTitle, columnsOf } from './case-table.js';
import { nativeRow, sampleCase, sampleRow } from './sample-results.testing.js';

const cellsOf = (title: string, result = sampleCase()): string[] => {
	const column = columnsOf(result).find((candidate) => candidate.title === title);
	return column === undefined ? [] : result.rows.map(column.cell);
};

it('shows median, spread and ratios', () => {
	expect(cellsOf('ms')[0]).toBe('4.00');
	expect(cellsOf('p25-p75')[0]).toBe('3.50-4.50');
	expect(cellsOf('per record')[0]).toBe('8.00 ns');
	expect(cellsOf('vs malloc')).toEqual(['3.41x', '1.00x', '3.41x']);
});

it('names the references of what passes between threads', () => {
	const titles = columnsOf(sampleCase({ scenario: 'passing-16' })).map(({ title }) => title);
	expect(titles).toEqual(expect.arrayContaining(['vs C++', 'vs C++ slots']));
	expect(titles).not.toContain('vs malloc');
});

it('puts a dash where a subject has nothing to say', () => {
	expect(cellsOf('longest gc')).toEqual(['300 us', ABSENT, '300 us']);
});

it('leaves out a column that no subject has anything to say in', () => {
	const withoutReferences = sampleCase({ rows: [sampleRow({ versus: {} })] });
	expect(cellsOf('vs malloc', withoutReferences)).toEqual([]);
	expect(cellsOf('longest gc', sampleCase({ rows: [nativeRow()] }))).toEqual([]);
	expect(cellsOf('longest batch')).toEqual([]);
});

it('shows memory, and no times, for bytes per node', () => {
	const result = sampleCase({
		scenario: 'bytes-per-node',
		size: 1000,
		rows: [sampleRow({ resident: 24_000 }), nativeRow()],
	});
	expect(cellsOf('bytes per node, resident', result)).toEqual(['24.0', ABSENT]);
	expect(cellsOf('ms', result)).toEqual([]);
});

it('names operations where an iteration has them', () => {
	const result = sampleCase({ title: 'FIFO', size: 10_000, operations: 2_000_000 });
	expect(caseTitle(result)).toBe('FIFO, 10,000 records, 2,000,000 operations, sustained');
	expect(cellsOf('per operation', result)[0]).toBe('2.00 ns');
});
