const charts = JSON.parse(document.getElementById("charts").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
function draw() {
  for (const [id, themes] of Object.entries(charts)) {
    const figure = dark.matches ? themes.dark : themes.light;
    Plotly.react(id, figure.data, figure.layout, { displayModeBar: false, responsive: true, scrollZoom: id === "map" });
  }
}
dark.addEventListener("change", draw);
draw();
