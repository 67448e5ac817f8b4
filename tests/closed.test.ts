/** The factory of @flux/core that is evaluated again from its own text, held to what those of @flux/containers are held to. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { factoriesOf, openNames } from '../packages/containers/src/common/closed.testing.js';

const file = fileURLToPath(new URL('../packages/core/src/heap/hot-blocks-code.ts', import.meta.url));

test('the code of hot blocks uses nothing that is declared outside of it', () => {
	const program = ts.createProgram({
		rootNames: [file],
		options: {
			noResolve: true,
			target: ts.ScriptTarget.ES2022,
			lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
		},
	});
	const factories = factoriesOf(program, file);
	expect(factories.map(({ name }) => name)).toEqual(['hotBlocksCode']);
	expect(factories.flatMap(openNames)).toEqual([]);
});
