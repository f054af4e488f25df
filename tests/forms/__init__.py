"""The forms in which devices print their outputs, with what shows each: docs/forms.md is made from it."""
