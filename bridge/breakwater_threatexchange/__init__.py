"""A plug-in of python-threatexchange: reads signals from a Breakwater exchange, and reports opinions to it.

``tx config extensions add breakwater_threatexchange`` loads ``TX_MANIFEST``.
"""

from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest

from breakwater_threatexchange.exchange import BreakwaterExchangeAPI

TX_MANIFEST = ThreatExchangeExtensionManifest(apis=(BreakwaterExchangeAPI,))
"""What python-threatexchange finds here."""
