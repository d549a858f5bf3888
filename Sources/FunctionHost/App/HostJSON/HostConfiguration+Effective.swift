extension HostConfiguration {
    /// Everything that is in force, in the form of a `host.json`: what the file and the environment say, and the defaults of what
    /// the host knows.
    package var effective: ConfigurationTree {
        var tree = source.tree
        tree.set(["version"], to: "2.0")
        tree.set(["functionTimeout"], to: functionTimeout.map(timeSpanText) ?? "-1")
        let http = ["extensions", "http"]
        tree.set(http + ["routePrefix"], to: self.http.routePrefix)
        tree.set(http + ["maxOutstandingRequests"], to: "\(self.http.maxOutstandingRequests ?? -1)")
        tree.set(http + ["maxConcurrentRequests"], to: "\(self.http.maxConcurrentRequests ?? -1)")
        tree.set(http + ["hsts", "isEnabled"], to: "\(self.http.hsts != nil)")
        let queues = ["extensions", "queues"]
        tree.set(queues + ["batchSize"], to: "\(self.queues.batchSize)")
        tree.set(queues + ["newBatchThreshold"], to: "\(self.queues.newBatchThreshold)")
        tree.set(queues + ["maxPollingInterval"], to: timeSpanText(self.queues.maxPollingInterval))
        tree.set(queues + ["visibilityTimeout"], to: timeSpanText(self.queues.visibilityTimeout))
        tree.set(queues + ["maxDequeueCount"], to: "\(self.queues.maxDequeueCount)")
        let store = ["extensions", "store"]
        tree.set(store + ["tenantBytesMax"], to: "\(self.store.tenantBytesMax ?? -1)")
        tree.set(store + ["openTenantsMax"], to: "\(self.store.openTenantsMax)")
        tree.set(store + ["openDocumentsMax"], to: "\(self.store.openDocumentsMax)")
        tree.set(store + ["openFilesMax"], to: "\(self.store.openFilesMax)")
        server.describe(in: &tree)
        compression.describe(in: &tree)
        return tree
    }
}

/// What the file and the environment say, as they say it. Configurations that mean the same are equal, whatever they come from.
package struct ConfigurationSource: Sendable, Equatable {
    /// The leaves.
    package var tree = ConfigurationTree()

    /// Always true.
    package static func == (left: ConfigurationSource, right: ConfigurationSource) -> Bool { true }
}
