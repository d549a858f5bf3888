enum FunctionHostPlaceholder {}
