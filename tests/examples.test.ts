/** Every file of docs/examples, run; what it prints must be what the comment at its end says. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { afterEach, expect, test, vi } from 'vitest';

const folder = fileURLToPath(new URL('../docs/examples/', import.meta.url));
const examples = readdirSync(folder).filter((name) => name.endsWith('.ts'));

afterEach(() => vi.restoreAllMocks());

test.each(examples)('%s prints what it says', async (name) => {
	const printed: string[] = [];
	vi.spyOn(console, 'log').mockImplementation((...values) => void printed.push(format(...values)));
	vi.spyOn(console, 'error').mockImplementation((...values) => void printed.push(format(...values)));
	await import(/* @vite-ignore */ pathToFileURL(folder + name).href);
	const [, expected] = /\/\* prints\n([\s\S]*)\n\*\/\n$/.exec(readFileSync(folder + name, 'utf8')) ?? [];
	expect(printed.join('\n')).toBe(expected);
});

test('each is listed in the README beside them', () => {
	const list = readFileSync(`${folder}README.md`, 'utf8');
	expect(examples.filter((name) => !list.includes(`](${name})`))).toEqual([]);
	expect(examples.length).toBeGreaterThan(4);
});
