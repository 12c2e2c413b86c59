// The printed report: the button that opens the browser's own way to paper or PDF.

document.getElementById("print").addEventListener("click", () => window.print());
