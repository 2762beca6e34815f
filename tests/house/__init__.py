"""What the house promises about itself: floors, routes, migrations, settings, translations, documents."""
