enum DocumentStorePlaceholder {}
