// What scrolls sideways can be scrolled by key: it takes the focus, as long as it is wider than its place.
(() => {
	const update = () => {
		for (const table of document.querySelectorAll('.tsd-typography table')) {
			if (table.scrollWidth > table.clientWidth) table.setAttribute('tabindex', '0');
			else table.removeAttribute('tabindex');
		}
	};
	addEventListener('resize', update);
	// What is folded away has no width before it is opened.
	addEventListener('toggle', update, true);
	if (document.readyState === 'loading') addEventListener('DOMContentLoaded', update);
	else update();
	addEventListener('load', update);
})();
