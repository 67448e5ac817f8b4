import { expect, it } from 'vitest';
import { Progress } from './progress.js';

function written(isTTY: boolean, use: (progress: Progress) => void): string {
	let text = '';
	use(
		new Progress({
			isTTY,
			columns: 20,
			write: (more) => {
				text += more;
			},
		}),
	);
	return text;
}

it('changes one line on a terminal, cut to its width', () => {
	const text = written(true, (progress) => {
		progress.step('compiling');
		progress.detail('a very long line that does not fit');
		progress.clear();
		progress.clear();
	});
	expect(text).toBe('\r\x1b[Kcompiling\r\x1b[Ka very long line t…\r\x1b[K');
});

it('writes a line per step, and no details, elsewhere', () => {
	const text = written(false, (progress) => {
		progress.step('compiling');
		progress.detail('10%');
		progress.clear();
	});
	expect(text).toBe('compiling\n');
});
