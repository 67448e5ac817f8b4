import { CANCEL, COMMAND_WORDS, LIMIT, REPLACE } from './workload.js';

/** The commands with each replacement as a cancel and a limit order of the same id: it loses its place, whatever it asks for. */
export function movingCommands(commands: Int32Array): Int32Array {
	const moved: number[] = [];
	for (let at = 0; at < commands.length; at += COMMAND_WORDS) {
		const [first, id, ticks, lots] = commands.subarray(at, at + COMMAND_WORDS);
		if ((first & 255) !== REPLACE) {
			moved.push(first, id, ticks, lots);
			continue;
		}
		const side = first & ~255;
		moved.push(side | CANCEL, id, 0, 0, side | LIMIT, id, ticks, lots);
	}
	return Int32Array.from(moved);
}
