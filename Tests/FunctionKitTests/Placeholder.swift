enum FunctionKitPlaceholder {}
