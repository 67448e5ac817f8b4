import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { testsWithoutEvaluation } from './tests/evaluation.testing.js';

const source = (name: string) => fileURLToPath(new URL(`packages/${name}/src/index.ts`, import.meta.url));

/** Tests run on the sources: nothing has to be built first, and a stack trace names the line that was written. */
const resolve = {
	alias: { '@flux/core': source('core'), '@flux/containers': source('containers') },
};

const unitTests = ['packages/*/src/**/*.test.ts'];
/** Where one of these begins last, one processor waits for it: they take longest, and their size does not say so. */
const LONG = /(flux-bench|killed|linearizability|workers)\.test\.ts$/;
class LongestFirst extends BaseSequencer {
	override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
		const sorted = await super.sort(files);
		return [
			...sorted.filter(({ moduleId }) => LONG.test(moduleId)),
			...sorted.filter(({ moduleId }) => !LONG.test(moduleId)),
		];
	}
}

/**
 * Soak tests call `gc()` to tell garbage from what is alive, and measure alone: one file at a time. A time limit is there for
 * what hangs; a soak on a slow or busy machine does not.
 */
const forks = { pool: 'forks', testTimeout: process.env.FLUX_SOAK === '1' ? 1_200_000 : 120_000 } as const;

export default defineConfig({
	test: {
		// What a test prints matters where it fails.
		silent: 'passed-only',
		// The default leaves one processor to the watcher, which is half of a small machine.
		maxWorkers: '100%',
		sequence: { sequencer: LongestFirst },
		projects: [
			// The hot code as it is meant to run: one class per struct, made by `new Function`.
			{
				resolve,
				test: { ...forks, name: 'eval', include: unitTests, execArgv: ['--expose-gc'] },
			},
			// The same tests where strings may not become code. V8 itself forbids it, so nothing can slip past.
			{
				resolve,
				test: {
					...forks,
					name: 'no-eval',
					include: unitTests,
					// What has to do with no code that text could become would be the same test twice.
					exclude: [...configDefaults.exclude, 'packages/bench/**', ...testsWithoutEvaluation()],
					execArgv: ['--expose-gc', '--disallow-code-generation-from-strings'],
				},
			},
			// What the compiler must accept and refuse.
			{
				resolve,
				test: {
					name: 'types',
					include: [],
					typecheck: {
						enabled: true,
						only: true,
						include: ['packages/*/src/**/*.test-d.ts'],
						tsconfig: './tsconfig.types.json',
					},
				},
			},
			// The house rules, and every snippet of the README and the guides.
			{
				resolve,
				test: { ...forks, name: 'repository', include: ['tests/**/*.test.ts'] },
			},
		],
	},
});
