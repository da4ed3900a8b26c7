"""Bytes, keys, signatures, trees and what is signed over them."""
