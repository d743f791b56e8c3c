"""A button that copies the address of the page, which holds all that was asked."""

from __future__ import annotations

import streamlit as st

HTML = """
<button type="button">
  <svg viewBox="0 0 24 24" aria-hidden="true">
    <path d="M11 17H7A5 5 0 0 1 7 7h4v2H7a3 3 0 0 0 0 6h4zm-3-4v-2h8v2z"/>
    <path d="M13 17v-2h4a3 3 0 0 0 0-6h-4V7h4a5 5 0 0 1 0 10z"/>
  </svg>
  <span>Copy link</span>
</button>
<label hidden>Link of this page <input readonly></label>
<span class="done" role="status"></span>
"""
CSS = """
button { all: unset; cursor: pointer; display: inline-flex; align-items: center; gap: .4rem;
  font-size: .875rem; color: var(--st-text-color); padding: .35rem .5rem;
  border-radius: var(--st-base-radius); white-space: nowrap; font-family: var(--st-font); }
svg { width: 1.1rem; height: 1.1rem; fill: currentColor; }
button:hover, button:focus-visible { color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); }
label { display: block; font-family: var(--st-font); color: var(--st-text-color); }
label[hidden] { display: none; }
input { width: 16rem; max-width: 100%; color: var(--st-text-color);
  background: var(--st-secondary-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); padding: .2rem .4rem; }
.done { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
"""
# Only the browser knows the whole address. Without its leave to copy, the address stands in a field.
SCRIPT = """
export default ({ parentElement }) => {
  const [button, label, field, done] =
    ["button", "label", "input", ".done"].map((part) => parentElement.querySelector(part))
  const name = button.querySelector("span")
  button.onclick = async () => {
    const address = window.location.href
    try {
      await navigator.clipboard.writeText(address)
      label.hidden = true
      name.textContent = done.textContent = "Link copied"
      setTimeout(() => { name.textContent = "Copy link"; done.textContent = "" }, 2500)
    } catch {
      label.hidden = false
      field.value = address
      field.focus()
      field.select()
    }
  }
}
"""
_button = st.components.v2.component("copy_link", html=HTML, css=CSS, js=SCRIPT)


def copy_link() -> None:
    """Draw the button."""
    _button(key="copy-link", width="content")
