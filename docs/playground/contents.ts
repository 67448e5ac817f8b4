/** The page that leads to the others. */
import { followTheme } from './page.js';

followTheme(() => {});
