import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { factoriesOf, openNames } from '../common/closed.testing.js';

test('the factory that is evaluated for each struct uses nothing that is declared outside of it', () => {
	const file = fileURLToPath(new URL('cell-code.ts', import.meta.url));
	const lib = ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'];
	const program = ts.createProgram([file], { noResolve: true, target: ts.ScriptTarget.ES2022, lib });
	const [factory] = factoriesOf(program, file).filter(({ name }) => name === 'cellCode');
	expect(openNames(factory)).toEqual([]);
});
