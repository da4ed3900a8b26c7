"""Weighing what is stated: what others say of an object, who states it, what is disputed, and how much it still counts."""
