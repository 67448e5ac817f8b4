/** Which tests have to do with code that is made from text: they run once more where that is forbidden. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = join(root, 'packages');
/** Where text becomes code, and nowhere else: `tidy.test.ts` sees to that. */
const EVALUATOR = join(packages, 'core/src/evaluate.ts');

/** The files that a module imports, be it types alone: one too many does no harm. */
function importsOf(file: string): string[] {
	// An import begins its line, or ends there; one in an example stands behind the star of a comment.
	const imports = /^(?:import|export|\}).* from '([^']+)'|^import '([^']+)'|^[^*]*\bimport\('([^']+)'\)/gm;
	const found = readFileSync(file, 'utf8').matchAll(imports);
	return [...found].flatMap(([, ...names]) => {
		const name = names.find((each) => each !== undefined) ?? '';
		const [, pack] = /^@flux\/(\w+)$/.exec(name) ?? [];
		if (pack !== undefined) return [join(packages, pack, 'src/index.ts')];
		return name.startsWith('.') ? [join(dirname(file), name.replace(/\.js$/, '.ts'))] : [];
	});
}

/**
 * The tests of the packages whose imports do not lead to the evaluator, directly or not, relative to the checkout: without
 * eval they would do the very same once more.
 */
export function testsWithoutEvaluation(): string[] {
	const known = new Map([[EVALUATOR, true]]);
	// Imports form no cycle, which `tidy.test.ts` sees to as well.
	const leads = (file: string): boolean => {
		const answer = known.get(file) ?? (existsSync(file) && importsOf(file).some(leads));
		known.set(file, answer);
		return answer;
	};
	return readdirSync(packages, { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
		.map((file) => join(packages, file))
		.filter((file) => !leads(file))
		.map((file) => relative(root, file).replaceAll(sep, '/'))
		.sort();
}
