/** `Symbol.dispose`, or in engines that have none yet, the symbol that the common polyfills agree on. */
export const symbolDispose: typeof Symbol.dispose = Symbol.dispose ?? Symbol.for('Symbol.dispose');
