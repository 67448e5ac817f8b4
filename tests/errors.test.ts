/** The table of errors in the guide on safety: every class of the core with its code, and no other one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as core from '@flux/core';
import { expect, test } from 'vitest';
import { root } from './snippets.testing.js';

test('the guide on safety has every error with its code', () => {
	const guide = readFileSync(join(root, 'docs', 'guides', 'safety.md'), 'utf8');
	const written = [...guide.matchAll(/^\| `(\w+Error)` \| `(FLUX_\w+)` \| [^|]+ \| [^|]+ \|$/gm)].map(
		([, name, code]) => [name, code],
	);
	const errors = readFileSync(join(root, 'packages', 'core', 'src', 'errors.ts'), 'utf8');
	const classes = [...errors.matchAll(/^export class (\w+Error) extends \w+ \{[\s\S]*?^\}/gm)]
		.filter(([, name]) => name !== 'FluxError')
		.map(([text, name]) => [name, /'(FLUX_\w+)'/.exec(text)?.[1]]);
	expect(classes.length).toBeGreaterThan(30);
	expect(classes.filter(([name]) => !((name as string) in core))).toEqual([]);
	expect(written).toEqual(classes.toSorted(([left], [right]) => ((left as string) < (right as string) ? -1 : 1)));
});
