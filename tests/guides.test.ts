/** The guides of the site stand in an order of their own, in `typedoc.json`. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

test('every guide is in the site, and in the README', () => {
	const guides = readdirSync(new URL('../docs/guides/', import.meta.url)).map((name) => `docs/guides/${name}`);
	const { projectDocuments }: { projectDocuments: string[] } = JSON.parse(read('typedoc.json'));
	expect([...projectDocuments].sort()).toEqual(guides.sort());
	const readme = read('README.md');
	expect(guides.filter((guide) => !readme.includes(`](${guide})`))).toEqual([]);
});

test('every row of a table has as many cells as its head', () => {
	const files = [
		'README.md',
		'CONTRIBUTING.md',
		...readdirSync(new URL('../docs/guides/', import.meta.url)).map((name) => `docs/guides/${name}`),
	];
	const cells = (row: string): number => row.replaceAll('\\|', '').split('|').length;
	const crooked = files.flatMap((file) => {
		const lines = read(file).split('\n');
		return lines.flatMap((line, index) =>
			line.startsWith('|') && lines[index - 1]?.startsWith('|') && cells(line) !== cells(lines[index - 1])
				? [`${file}:${index + 1}`]
				: [],
		);
	});
	expect(crooked).toEqual([]);
});
