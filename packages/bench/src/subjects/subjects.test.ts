import { describe, expect, it } from 'vitest';
import { Clock } from '../scenarios/clock.js';
import { SCENARIOS } from '../scenarios/index.js';
import { type AnyScenario, type Case, isListScenario, ourSubject } from '../scenarios/scenario.js';
import type { AnyBookSubject } from './book-subject.js';
import { absence, SUBJECTS, subjectInfo } from './catalog.js';
import type { AnyHeapSubject } from './heap-subject.js';
import { type LoadedSubject, loadableSubjects, loadSubject } from './load.js';
import type { AnyMapSubject } from './map-subject.js';
import type { PassingSubject } from './passing-subject.js';
import type { AnySubject } from './subject.js';
import type { AnyVectorSubject } from './vector-subject.js';

const SIZE = 300;
/** Ten record types, and threads, need the built program; the end-to-end test runs them. */
const NEEDS_BUILD = 'flux-ten';
const needsBuild = ({ name }: AnyScenario): boolean => name.startsWith('passing-');

async function load(id: string): Promise<LoadedSubject> {
	return loadSubject(id, import.meta.url);
}

function checkOf(scenario: AnyScenario, subject: LoadedSubject, { size, operations }: Case): string {
	const trial = scenario.prepare(
		subject as AnySubject & AnyMapSubject & AnyBookSubject & AnyHeapSubject & AnyVectorSubject & PassingSubject,
		{ size, operations, seed: 3 },
	);
	const clock = new Clock();
	trial.iterate(clock, 3);
	trial.iterate(clock, 4);
	expect(clock.total).toBeGreaterThan(0);
	return trial.check();
}

describe.each(SCENARIOS)('$name', (scenario) => {
	const [measured] = scenario.cases({ quick: true, large: false, size: SIZE });
	const subjects = SUBJECTS.filter(
		// A test installs nothing: the peers that npm fetches are compared with the others where they are measured.
		({ native, fetched }) => native === undefined && fetched === undefined,
	).filter((info) => absence(info, scenario.name, SIZE) === undefined);

	it.skipIf(needsBuild(scenario))('comes out the same in all subjects', async () => {
		const checks = new Map<string, string>();
		for (const { id } of subjects) checks.set(id, checkOf(scenario, await load(id), measured));
		expect(checks.size).toBeGreaterThan(1);
		expect(new Set(checks.values()).size, [...checks].join(' ')).toBe(1);
	});

	it('has no row for exactly those subjects that cannot do it', async () => {
		// Every map, book, allocator and vector can do what they are asked for.
		if (!isListScenario(scenario)) return;
		for (const info of SUBJECTS) {
			if (info.native !== undefined || info.only !== undefined || scenario.name === 'walk-after-compact') continue;
			// Lists are no queues, though some could be.
			if (scenario.name.startsWith('queue-')) continue;
			// What it can do, but only on a short list.
			if (info.id === 'array' && scenario.name === 'gc-pauses') continue;
			const subject = (await load(info.id)) as AnySubject;
			const able = scenario.needs.every((need) => subject[need] !== undefined);
			expect(absence(info, scenario.name, SIZE) === undefined, info.id).toBe(able);
		}
	});

	it('has cases of its own name that C++ and FluxList can do', () => {
		for (const large of [false, true]) {
			for (const { scenario: name, size, iterations } of scenario.cases({ quick: false, large })) {
				expect(name).toBe(scenario.name);
				expect(size).toBeGreaterThan(0);
				expect(iterations).toBeGreaterThan(0);
				expect(absence(subjectInfo(ourSubject(scenario)), name, size)).toBeUndefined();
			}
		}
	});
});

it('knows how to load each JavaScript subject of the catalogue, and no other', () => {
	const javaScript = SUBJECTS.filter(({ native }) => native === undefined).map(({ id }) => id);
	expect(loadableSubjects().toSorted()).toEqual(javaScript.toSorted());
	expect(javaScript).toContain(NEEDS_BUILD);
});

it('has the references of the ratios, and an id per subject', () => {
	for (const { reference, kind } of SUBJECTS) if (reference !== undefined) expect(kind).toBe('native');
	for (const { name } of SCENARIOS) {
		const found = (['malloc', 'slab'] as const).map((wanted) =>
			SUBJECTS.filter((info) => info.reference === wanted && absence(info, name, SIZE) !== false),
		);
		for (const { length } of found) expect(length, name).toBeLessThan(2);
		// Nobody else can put nodes back in order; and some are there for a library of npm that is fetched for them.
		const isForNpm = SUBJECTS.some(({ fetched, only }) => fetched === true && only?.includes(name) === true);
		if (name !== 'walk-after-compact' && !isForNpm) expect(found.flat().length, name).toBeGreaterThan(0);
	}
	expect(new Set(SUBJECTS.map(({ id }) => id)).size).toBe(SUBJECTS.length);
});

it('refuses a subject that does not exist', async () => {
	await expect(load('nobody')).rejects.toThrow('no JavaScript subject "nobody"');
	expect(() => subjectInfo('nobody')).toThrow('no subject "nobody"');
});
