/** What the pages of the playground share: elements by id, the site's theme, figures as text, sharp canvases. */

/** The element of that id, which must be of that kind. */
export function element<T extends Element>(id: string, kind: abstract new () => T): T {
	const found = document.getElementById(id);
	if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} named ${id}`);
	return found;
}

/** Calls back when a button of that id is pressed, by mouse or by key. */
export function onPress(id: string, action: () => void): HTMLButtonElement {
	const button = element(id, HTMLButtonElement);
	button.addEventListener('click', action);
	return button;
}

/** The key under which the pages of the API keep their theme: `os`, `light` or `dark`. */
const THEME = 'tsd-theme';

function storedTheme(): string {
	try {
		return localStorage.getItem(THEME) ?? 'os';
	} catch {
		return 'os'; // storage is forbidden here
	}
}

/** Shows the page in the theme that was chosen anywhere on the site, and lets this page choose. */
export function followTheme(changed: () => void): void {
	const choice = element('theme', HTMLSelectElement);
	choice.value = storedTheme();
	const apply = (): void => {
		if (choice.value === 'os') delete document.documentElement.dataset.theme;
		else document.documentElement.dataset.theme = choice.value;
		changed();
	};
	choice.addEventListener('change', () => {
		try {
			localStorage.setItem(THEME, choice.value);
		} catch {
			// The choice then lasts as long as the page.
		}
		apply();
	});
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', apply);
	apply();
}

/** A colour of `playground.css`, in the theme of this moment. */
export function color(name: string): string {
	return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** A whole number with separators. */
export const count = (value: number): string => whole.format(value);

/** A number of bytes. */
export function bytes(value: number): string {
	if (value < 1024) return `${value.toFixed(0)} B`;
	return value < 1 << 20 ? `${(value / 1024).toFixed(1)} KB` : `${(value / (1 << 20)).toFixed(1)} MB`;
}

/** Writes a text where it is another than the one that stands there. */
export function write(target: Element, text: string): void {
	if (target.textContent !== text) target.textContent = text;
}

/** Makes a canvas as fine as the screen, and returns its context, in units of CSS pixels. */
export function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
	const { clientWidth, clientHeight } = canvas;
	const ratio = devicePixelRatio;
	const [width, height] = [Math.round(clientWidth * ratio), Math.round(clientHeight * ratio)];
	if (canvas.width !== width || canvas.height !== height) {
		canvas.width = width;
		canvas.height = height;
	}
	const drawing = canvas.getContext('2d');
	if (drawing === null) throw new Error('this browser draws on no canvas');
	drawing.setTransform(ratio, 0, 0, ratio, 0, 0);
	drawing.clearRect(0, 0, clientWidth, clientHeight);
	return drawing;
}

/** What V8 says of its heap; other engines say nothing. */
interface HeapOfEngine {
	readonly usedJSHeapSize: number;
}

/** Bytes of the JavaScript heap, or undefined where the browser keeps that to itself. */
export function scriptHeap(): number | undefined {
	return (performance as { memory?: HeapOfEngine }).memory?.usedJSHeapSize;
}

/** The next number of a xorshift32, from a state that is not 0. */
export function nextRandom(state: number): number {
	let next = state;
	next ^= next << 13;
	next ^= next >>> 17;
	next ^= next << 5;
	return next;
}

/** A number in [0, limit) from a state. */
export const below = (state: number, limit: number): number => (state >>> 8) % limit;
