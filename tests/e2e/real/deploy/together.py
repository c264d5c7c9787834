"""Values of the chart that make sense, or none, beside each other: what only its templates can see."""

# What only a template can refuse: values, and words of the error.
REFUSED = (
    (("prometheusRule.enabled=true", "prometheusRule.alerts.MeshX.enabled=false"), "there is no such alert"),
    (("prometheusRule.enabled=true", "prometheusRule.alerts.MeshErrorBudgetBurn.expr=a"), "there are 4 rules"),
    (("prometheusRule.enabled=true", "prometheusRule.alerts.MeshTrustBroken.threshold=1"), "of others give expr"),
    (("prometheusRule.enabled=true", "prometheusRule.alerts.MeshRetryStorm.threshold=20"), "20; expected at most 1"),
    (("podMonitor.enabled=true", "serviceMonitor.enabled=true"), "expected one of them"),
    (("serviceMonitor.enabled=true", "service.enabled=false"), "needs service.enabled"),
    (("podMonitor.enabled=true", "podMonitor.interval=1m", "podMonitor.scrapeTimeout=61s"),
     "podMonitor.scrapeTimeout: 61s; expected at most the interval, which is 1m"),
    (("extraArgs={--web.max-requests=1,--web.max-requests=2}",), "extraArgs: --web.max-requests is there twice"),
    (("updateStrategy.rollingUpdate.maxUnavailable=0%",), "one of maxUnavailable and maxSurge above 0"),
    (("updateStrategy.rollingUpdate.maxSurge=1",), "one of maxUnavailable and maxSurge above 0"),
    (("hostCertificates.enabled=true", "hostCertificates.directories[0].path=/a",
      "hostCertificates.directories[0].files[0]=b", "hostCertificates.directories[1].path=/a/",
      "hostCertificates.directories[1].files[0]=c"), "hostCertificates.directories: /a is there twice"),
    (("hostCertificates.enabled=true", "extraVolumeMounts[0].name=a",
      "extraVolumeMounts[0].mountPath=/etc/kubernetes/pki"),
     "extraVolumeMounts: /etc/kubernetes/pki is there twice"),
    (("extraVolumes[0].name=a", "extraVolumes[1].name=a"), "extraVolumes: a is there twice"),
    (("networkPolicy.enabled=true", "kubelet.enabled=true", "kubelet.config.address=${A}"),
     "kubelet.config.address: ${A}; expected a port in figures"))
# What makes sense, though not far from what does not.
TAKEN = (("kubelet.enabled=true", "kubelet.config.address=${A}"),
         ("networkPolicy.enabled=true", "kubelet.config.address=${A}"),
         ("podMonitor.enabled=true", "podMonitor.interval=1m30s", "podMonitor.scrapeTimeout=90s"),
         ("updateStrategy.rollingUpdate.maxUnavailable=0", "updateStrategy.rollingUpdate.maxSurge=10%"),
         ("updateStrategy.rollingUpdate.maxUnavailable=null", "updateStrategy.rollingUpdate.maxSurge=0"),
         ("updateStrategy.type=OnDelete", "updateStrategy.rollingUpdate=null"))
