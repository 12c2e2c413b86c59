// Parts of pictures, and what the foot's maps have in common.

const SVG = "http://www.w3.org/2000/svg";

export function part(kind, at = {}, parent = null) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(at)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}
export const border = (zone) => `M${zone.points.map((p) => p.join(" ")).join("L")}Z`;
export function frame(svg, aspect) { svg.setAttribute("viewBox", `-0.02 -0.02 ${aspect + 0.04} 1.04`); }
