/** Options that say where the results go: they change no result, and their paths mean nothing elsewhere. */
const OUTPUT = new Set(['--json', '--report']);

const PRIMER = 'FLUX_BENCH_PRIMER_MS';

/**
 * The command line that measures the same again, for the report: what was typed, without the paths of this machine.
 *
 * @param argv - as in `process.argv`
 */
export function commandThatRepeats(argv: readonly string[]): string {
	const words: string[] = ['flux-bench'];
	let isValueOfOutput = false;
	for (const word of argv.slice(2)) {
		const isOption = word.startsWith('-');
		if (!isOption && isValueOfOutput) {
			isValueOfOutput = false;
			continue;
		}
		const [option] = word.split('=');
		isValueOfOutput = isOption && OUTPUT.has(word);
		if (OUTPUT.has(option)) continue;
		words.push(withoutFolders(word));
	}
	const typed = words.map((word) => (/^[\w./:,=-]+$/.test(word) ? word : `'${word}'`)).join(' ');
	// It changes what is measured, so no result may be silent about it.
	const { [PRIMER]: primer } = process.env;
	return primer === undefined ? typed : `${PRIMER}=${primer} ${typed}`;
}

/** A path is named by its last part. Anything else, a filter such as `walk/flux` among it, stays. */
function withoutFolders(word: string): string {
	return /^(\/|[A-Za-z]:[\\/])/.test(word) && /node(\.exe)?$/.test(word) ? 'path/to/node' : word;
}
