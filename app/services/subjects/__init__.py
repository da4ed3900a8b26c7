"""Requests of the persons that data are about: opening, looking, and what two persons do about them."""
