import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { ScenarioName } from '../scenarios/scenario.js';
import { headlinePicture } from './headline-picture.js';
import { renderPage } from './page.js';
import type { Results } from './results.js';
import { scenarioPicture } from './scenario-picture.js';

/** Writes the results as JSON. Returns the path. */
export async function writeJson(results: Results, path: string): Promise<string> {
	return write(path, `${JSON.stringify(results, undefined, 1)}\n`);
}

/** Writes the results as a page that needs no network. Returns the path. */
export async function writeReport(results: Results, path: string): Promise<string> {
	const library = createRequire(import.meta.url).resolve('echarts/dist/echarts.common.min.js');
	return write(path, renderPage(results, await readFile(library, 'utf8')));
}

/**
 * Writes the headline, or a scenario, at its first size where none is given, as an SVG picture. Returns the path. Throws an
 * Error where the results have none of it.
 */
export async function writePicture(
	results: Results,
	path: string,
	scenario?: ScenarioName,
	size?: number,
): Promise<string> {
	const picture = scenario === undefined ? headlinePicture(results) : scenarioPicture(results, scenario, size);
	if (picture === undefined)
		throw new Error(
			`these results have no ${scenario ?? 'headline'}; measure it with \`flux-bench ${scenario === undefined ? 'headline' : `run ${scenario}`}\``,
		);
	return write(path, picture);
}

async function write(path: string, text: string): Promise<string> {
	const full = resolve(path);
	await mkdir(dirname(full), { recursive: true });
	await writeFile(full, text);
	return full;
}
