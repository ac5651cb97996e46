"""The reference design as a picture in the page's colours. Knows the drawing, not what is drawn."""

from __future__ import annotations

import streamlit as st

from interviewer.reporting.report_svg import diagram

CSS = """
:host { display: block; }
.scroll { overflow-x: auto; }
svg { width: 100%; height: auto; display: block; font-family: var(--st-font); }
text { font-size: 12px; text-anchor: middle; fill: var(--st-text-color); }
rect { fill: var(--st-secondary-background-color); stroke: var(--st-border-color); }
.training rect { fill: color-mix(in srgb, var(--st-primary-color) 16%, var(--st-background-color)); }
.arrow { fill: none; stroke: color-mix(in srgb, var(--st-text-color) 45%, var(--st-background-color)); }
marker path { fill: color-mix(in srgb, var(--st-text-color) 45%, var(--st-background-color)); }
.along { font-size: 10px; fill: var(--st-text-color); opacity: 0.75; }
.along { paint-order: stroke; stroke: var(--st-background-color); stroke-width: 3px; }
"""
JS = """
export default function (component) {
  const { data, parentElement } = component;
  let place = parentElement.querySelector(".scroll");
  if (!place) {
    place = document.createElement("div");
    place.className = "scroll";
    place.tabIndex = 0;
    parentElement.appendChild(place);
  }
  place.innerHTML = data.svg;
}
"""
_PICTURE: list = []


def draw(source: str) -> None:
    """Draw a diagram given as Mermaid source. (Streamlit's own Mermaid shrinks a real design until nothing can be read.)"""
    if not _PICTURE:
        _PICTURE.append(st.components.v2.component("interviewer.design", css=CSS, js=JS))
    _PICTURE[0](key="design", data={"svg": diagram(source)})
