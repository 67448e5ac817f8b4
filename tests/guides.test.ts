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
