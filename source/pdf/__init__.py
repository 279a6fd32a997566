"""PDF: pages of letters, lines, columns and paragraphs, and pictures where they hold no letters."""
