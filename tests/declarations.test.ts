/** The declarations that npm would publish, as a program for Node reads them: without the types of browsers. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { root } from './snippets.testing.js';

const declarations = ['core', 'containers'].map((name) => join(root, 'packages', name, 'dist', 'index.d.ts'));

test.runIf(declarations.every((path) => existsSync(path)))('declarations need no types of browsers', () => {
	const program = ts.createProgram({
		rootNames: declarations,
		options: {
			noEmit: true,
			strict: true,
			target: ts.ScriptTarget.ES2022,
			module: ts.ModuleKind.NodeNext,
			moduleResolution: ts.ModuleResolutionKind.NodeNext,
			lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
			types: ['node'],
			typeRoots: [join(root, 'node_modules', '@types')],
			skipLibCheck: false,
		},
	});
	const found = ts.getPreEmitDiagnostics(program).filter(({ file }) => declarations.includes(file?.fileName ?? ''));
	expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});
