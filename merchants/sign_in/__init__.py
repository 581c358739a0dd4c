"""Signing in: django-allauth, told how this house does it."""
