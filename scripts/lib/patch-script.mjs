// TypeDoc's own script in the built site: what no setting of it changes.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Replaces a piece of the script; where the piece is not there once, the build fails.
 *
 * @param {import('typedoc').Application} app
 * @param {string} site the folder of the site
 * @param {string} piece
 * @param {string} replacement
 */
export function patchScript(app, site, piece, replacement) {
	const file = join(site, 'assets', 'main.js');
	const script = readFileSync(file, 'utf8');
	if (script.split(piece).length !== 2) {
		app.logger.error(`TypeDoc's script has changed: it does not have ${piece} once. Look at who calls patchScript.`);
		return;
	}
	writeFileSync(
		file,
		script.replace(piece, () => replacement),
	);
}
