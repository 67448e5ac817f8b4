/** The style of all pictures: colours by the kind of a subject, and by the reader's choice of light or dark. */
export const PICTURE_STYLE = `
text { font: 14px system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; fill: #16202c; }
.page { fill: #ffffff; } .title { font-size: 16px; font-weight: 600; } .name { text-anchor: end; } .name.flux { font-weight: 700; }
.value { white-space: pre; font-variant-numeric: tabular-nums; } .foot { font-size: 12px; fill: #5d6b7a; }
rect.flux { fill: #0b8f7c; } rect.native { fill: #5a7fb5; } rect.npm { fill: #c98a3d; } rect.plain { fill: #9b7fb8; }
@media (prefers-color-scheme: dark) {
  text { fill: #e8edf2; } .page { fill: #10151b; } .foot { fill: #97a5b4; }
  rect.flux { fill: #2dc7b0; } rect.native { fill: #7ba3dd; } rect.npm { fill: #e0a75e; } rect.plain { fill: #b79ad6; }
}
`;
