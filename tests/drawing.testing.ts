/** Simple pictures as SVG text: boxes, lines and words, which follow the reader's choice of light or dark. */

const STYLE = `
.page{fill:#fff}.box{fill:#f3f5f8;stroke:#aab4c0}.a{fill:#cfe9e4;stroke:#08786a}.b{fill:#d8e4f5;stroke:#2f5f9e}
.c{fill:#eadff3;stroke:#7d5ba6}.free{fill:#fdeccf;stroke:#b07a1e}.none{fill:none;stroke:#aab4c0;stroke-dasharray:3 3}
.own{fill:#dfe3e8;stroke:#6b7785}text{font:13px system-ui,sans-serif;fill:#16202c}.small{font-size:11px;fill:#55626f}
.mono{font:12px ui-monospace,Menlo,Consolas,monospace}.head{font-weight:600}.link{fill:none;stroke:#08786a;stroke-width:1.6}
.chain{fill:none;stroke:#b07a1e;stroke-width:1.6;stroke-dasharray:4 3}.tip{fill:#08786a}.chain-tip{fill:#b07a1e}
@media (prefers-color-scheme:dark){.page{fill:#10151b}.box{fill:#1d2630;stroke:#56657a}.a{fill:#124d45;stroke:#2dc7b0}
.b{fill:#23405f;stroke:#8db4ea}.c{fill:#43325a;stroke:#bb9fda}.free{fill:#3a2f1a;stroke:#d09a45}.none{stroke:#56657a}
.own{fill:#2c3644;stroke:#7f8ea0}text{fill:#e8edf2}.small{fill:#9dabb9}.link{stroke:#2dc7b0}.chain{stroke:#d09a45}
.tip{fill:#2dc7b0}.chain-tip{fill:#d09a45}}`.trim();

const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** A picture under way. */
export class Drawing {
	readonly #parts: string[] = [];

	box(x: number, y: number, width: number, height: number, kind: string, title = ''): void {
		const inner = title === '' ? '/>' : `><title>${escaped(title)}</title></rect>`;
		this.#parts.push(`<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="3"${inner}`);
	}

	text(x: number, y: number, text: string, kind = '', anchor: 'start' | 'middle' | 'end' = 'start'): void {
		this.#parts.push(`<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${escaped(text)}</text>`);
	}

	/** An arc from one place to another on the same height, `rise` above (or below) it, with a tip. */
	arc(from: number, to: number, y: number, rise: number, kind: 'link' | 'chain'): void {
		this.#parts.push(`<path class="${kind}" d="M${from} ${y}C${from} ${y - rise} ${to} ${y - rise} ${to} ${y}"/>`);
		const up = rise > 0 ? -7 : 7;
		this.#parts.push(`<path class="${kind === 'link' ? 'tip' : 'chain-tip'}" d="M${to} ${y}l-4 ${up}h8z"/>`);
	}

	/** The whole as a file. */
	svg(width: number, height: number, title: string): string {
		return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>
${STYLE}
</style>
<rect class="page" width="${width}" height="${height}" rx="10"/>
${this.#parts.join('\n')}
</svg>
`;
	}
}
