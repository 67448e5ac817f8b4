/** The style of the report. Light and dark follow the system until the button says otherwise. */
export const PAGE_STYLE = `
:root {
  color-scheme: light;
  --page: #f6f7f9; --card: #ffffff; --text: #16202c; --muted: #5d6b7a; --line: #dfe4ea;
  --flux: #0b8f7c; --native: #5a7fb5; --npm: #c98a3d; --plain: #9b7fb8; --flux-soft: #e2f4f1;
}
@media (prefers-color-scheme: dark) {
  :root:not([data-theme='light']) {
    color-scheme: dark;
    --page: #10151b; --card: #18202a; --text: #e8edf2; --muted: #97a5b4; --line: #2b3643;
    --flux: #2dc7b0; --native: #7ba3dd; --npm: #e0a75e; --plain: #b79ad6; --flux-soft: #143430;
  }
}
:root[data-theme='dark'] {
  color-scheme: dark;
  --page: #10151b; --card: #18202a; --text: #e8edf2; --muted: #97a5b4; --line: #2b3643;
  --flux: #2dc7b0; --native: #7ba3dd; --npm: #e0a75e; --plain: #b79ad6; --flux-soft: #143430;
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { display: flex; align-items: center; justify-content: space-between; padding-top: 28px; }
h1 { font-size: 1.3rem; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 1.25rem; margin: 0 0 4px; letter-spacing: -0.01em; }
h3 { font-size: 1rem; margin: 20px 0 4px; }
p { margin: 4px 0; }
button {
  font: inherit; color: var(--text); background: var(--card); border: 1px solid var(--line);
  border-radius: 8px; padding: 6px 14px; cursor: pointer;
}
button:hover { border-color: var(--flux); }
:focus-visible { outline: 2px solid var(--flux); outline-offset: 2px; }
.hero { padding: 28px 0 8px; }
.hero > p { font-size: 1.5rem; line-height: 1.35; max-width: 46rem; margin: 0 0 20px; letter-spacing: -0.015em; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(210px, 1fr)); gap: 14px; }
.figure { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 16px 18px; }
.figure b { display: block; font-size: 2.1rem; line-height: 1.15; color: var(--flux); letter-spacing: -0.03em; }
.figure span { color: var(--muted); font-size: 0.92rem; }
nav { display: flex; flex-wrap: wrap; gap: 8px; margin: 22px 0 4px; }
nav a {
  color: var(--text); text-decoration: none; border: 1px solid var(--line); border-radius: 99px;
  padding: 3px 12px; font-size: 0.9rem; background: var(--card);
}
nav a:hover { border-color: var(--flux); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 22px; margin: 18px 0; }
.muted { color: var(--muted); }
.small { font-size: 0.9rem; }
.chart { width: 100%; margin: 14px 0 6px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 10px; border-bottom: 1px solid var(--line); text-align: left; white-space: nowrap; }
th { color: var(--muted); font-weight: 500; }
th.right, td.right { text-align: right; }
tr.flux td { background: var(--flux-soft); }
tr.flux td:first-child { font-weight: 600; }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
.legend { display: flex; flex-wrap: wrap; gap: 16px; color: var(--muted); font-size: 0.9rem; margin: 10px 0 0; }
details summary { cursor: pointer; color: var(--muted); margin-top: 8px; }
code { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 0.88em; }
ul { padding-left: 1.2em; margin: 6px 0; }
footer { color: var(--muted); font-size: 0.9rem; padding-bottom: 40px; }
@media print { button, nav { display: none; } section { break-inside: avoid; } }
`;
